// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BalanceReport} from "../../../../contracts/accounting/BalanceReport.sol";
import {Slashings} from "../../../../contracts/accounting/Slashings.sol";
import {Parameters} from "../../../../contracts/governance/Parameters.sol";
import {IBeaconVerifier} from "../../../../contracts/interfaces/IBeaconVerifier.sol";
import {IDepositContract} from "../../../../contracts/interfaces/IDepositContract.sol";
import {Wiring} from "../../../../contracts/interfaces/Wiring.sol";
import {StakingPool} from "../../../../contracts/pool/StakingPool.sol";
import {WithdrawalVault} from "../../../../contracts/pool/WithdrawalVault.sol";
import {KeyCeremonies} from "../../../../contracts/validators/KeyCeremonies.sol";
import {ValidatorEndings} from "../../../../contracts/validators/ValidatorEndings.sol";
import {ValidatorExits} from "../../../../contracts/validators/ValidatorExits.sol";
import {ValidatorLedger} from "../../../../contracts/validators/ValidatorLedger.sol";
import {Test} from "../../support/Test.sol";
import {ManagerWithInsertedKeys} from "./ManagerWithInsertedKeys.sol";
import {SimulatedBeaconVerifier} from "./SimulatedBeaconVerifier.sol";
import {SimulatedOperators} from "./SimulatedOperators.sol";

/// @title Pool, vault, manager, exits, slashings and report as they are, between a simulated beacon chain and operators
abstract contract ReportWorld is Test {
    uint64 internal constant DAY = 480;
    uint256 internal constant INTERVAL = DAY - (4 * DAY) / 24;
    uint256 internal constant TARGET_WEI = 128 ether;
    uint32 internal constant SET = 1;
    uint64 internal constant FAR_FUTURE = type(uint64).max;

    SimulatedBeaconVerifier public immutable CHAIN;
    Parameters public immutable PARAMETERS;
    WithdrawalVault public immutable VAULT;
    StakingPool public immutable POOL;
    ManagerWithInsertedKeys public immutable MANAGER;
    ValidatorExits public immutable EXITS;
    Slashings public immutable SLASHINGS;
    BalanceReport public immutable REPORT;

    constructor() payable {
        vm.warp(1_900_000_000);
        Wiring memory w;
        address operators = address(new SimulatedOperators());
        CHAIN = new SimulatedBeaconVerifier();
        w.registry = w.sets = w.changes = w.fees = w.court = operators;
        w.guardian = w.governance = address(this);
        w.verifiers = address(CHAIN);
        w.day = DAY;
        (w.parameters, w.vault, w.pool, w.manager) = (_created(3), _created(4), _created(5), _created(8));
        (w.exits, w.slashings, w.report) = (_created(9), _created(10), _created(11));
        PARAMETERS = new Parameters(w);
        VAULT = new WithdrawalVault(w);
        POOL = new StakingPool{value: 1 ether}(w);
        ValidatorLedger.Parameters memory p = ValidatorLedger.Parameters({
            depositContract: IDepositContract(address(CHAIN)),
            genesisForkVersion: 0,
            requestLifetime: DAY / 4,
            targetBalanceWei: TARGET_WEI
        });
        address ceremonies = address(new KeyCeremonies(w, p));
        MANAGER = new ManagerWithInsertedKeys(w, p, ceremonies, address(new ValidatorEndings(w, p)));
        EXITS = new ValidatorExits(w);
        SLASHINGS = new Slashings(w);
        REPORT = new BalanceReport(w);
        if (address(REPORT) != w.report) revert AssertionFailed("addresses");
        CHAIN.connect(w.vault, w.manager);
    }

    receive() external payable {}

    function _anchor() internal view returns (IBeaconVerifier.Anchor memory) {
        return CHAIN.anchorOf(_parent());
    }

    function _parent() internal view returns (uint64) {
        return CHAIN.parentSlot(uint64(block.timestamp));
    }

    /// @return FAR_FUTURE when the last state does not have the key.
    function _indexOf(bytes32 id) internal view returns (uint256) {
        uint256 index = CHAIN.indexOf(id);
        return index < CHAIN.accountCountIn(_parent()) ? index : FAR_FUTURE;
    }

    /// @dev Address of this contract's n-th creation, n < 128.
    function _created(uint8 nonce) private view returns (address) {
        bytes memory rlp = abi.encodePacked(hex"d694", address(this), nonce);
        return address(uint160(uint256(keccak256(rlp))));
    }
}
