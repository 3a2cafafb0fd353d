// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IValidatorManager} from "../interfaces/IValidatorManager.sol";
import {DepositData} from "../libraries/DepositData.sol";
import {SSZ} from "../libraries/SSZ.sol";
import {toGwei} from "../libraries/Units.sol";
import {ValidatorLedger} from "./ValidatorLedger.sol";

/// @title ValidatorDeposits
/// @dev The only two ways of pool ETH to a validator. 1 ETH goes to a key that was verified here, the rest only to one that
/// was proven on the beacon chain, *because* four colluding seats can register their key first with other credentials.
abstract contract ValidatorDeposits is ValidatorLedger {
    using SafeCast for uint256;

    /// @dev What a lost predeposit costs the set, 1 ETH and a tenth, in equal parts and 5 % above the moment's rate.
    uint256 private constant RESERVE_WEI = 1.1 ether;
    uint256 private constant RESERVE_MARGIN_PERCENT = 105;
    uint256 private constant SEATS = 7;

    /// @inheritdoc IValidatorManager
    function predeposit(bytes calldata pubkey, bytes calldata depositSignature) external {
        bytes32 validatorId = SSZ.pubkeyRoot(pubkey);
        _requireState(validatorId, ValidatorState.KeyVerified);
        ValidatorRecord storage record = _validators[validatorId];
        bytes32 root = DepositData.root(pubkey, withdrawalCredentials, toGwei(PREDEPOSIT_WEI), depositSignature);
        if (root != record.depositDataRoot) revert DepositSignatureMismatch(root, record.depositDataRoot);
        _requireNoTopUpLost();

        uint256 sharesPerSeat = _reserveSharesPerSeat();
        record.state = ValidatorState.Predeposited;
        record.predepositTimestamp = uint40(block.timestamp);
        record.sentGwei = toGwei(PREDEPOSIT_WEI);
        record.reservedShares = sharesPerSeat.toUint72();
        record.depositDataRoot = 0;
        _uncommit(PREDEPOSIT_WEI);
        emit Predeposited(validatorId, uint64(block.timestamp));

        SETS.reserve(record.setId, sharesPerSeat);
        POOL.fundPredeposit();
        _deposit(PREDEPOSIT_WEI, pubkey, depositSignature, root);
    }

    /// @inheritdoc IValidatorManager
    function topUp(bytes calldata pubkey) external {
        bytes32 validatorId = SSZ.pubkeyRoot(pubkey);
        _requireState(validatorId, ValidatorState.Proven);
        ValidatorRecord storage record = _validators[validatorId];
        uint256 amountWei = TARGET_BALANCE_WEI - record.sentGwei.toWei();
        if (amountWei == 0) revert AlreadyToppedUp(validatorId);

        record.sentGwei = toGwei(TARGET_BALANCE_WEI);
        _setRecords[record.setId].pendingKeyCount--;
        _totals.provenKeyCount--;
        _uncommit(amountWei);
        emit ToppedUp(validatorId, amountWei);

        POOL.fundTopUp(amountWei);
        // The beacon chain does not check the signature of a deposit to a key that it knows.
        bytes memory signature = new bytes(96);
        bytes32 root = DepositData.root(pubkey, withdrawalCredentials, toGwei(amountWei), signature);
        _deposit(amountWei, pubkey, signature, root);
    }

    /// @inheritdoc IValidatorManager
    function topUpAmountWei(bytes32 validatorId) external view returns (uint256) {
        ValidatorRecord storage record = _validators[validatorId];
        if (record.state != ValidatorState.Proven) return 0;
        uint256 amountWei = TARGET_BALANCE_WEI - record.sentGwei.toWei();
        return amountWei <= POOL.unallocatedWei() ? amountWei : 0;
    }

    function _deposit(uint256 amountWei, bytes calldata pubkey, bytes memory signature, bytes32 root) private {
        bytes memory credentials = abi.encodePacked(withdrawalCredentials);
        DEPOSIT_CONTRACT.deposit{value: amountWei}(pubkey, credentials, signature, root);
    }

    /// @dev *Because* anyone may call for predeposits: spare keys could keep a proven one waiting for its last ETH. All
    /// proven keys lack the same amount.
    function _requireNoTopUpLost() private view {
        uint256 unallocatedWei = POOL.unallocatedWei();
        uint256 missingWei = TARGET_BALANCE_WEI - PREDEPOSIT_WEI;
        uint256 possible = Math.min(_totals.provenKeyCount, unallocatedWei / missingWei);
        if (unallocatedWei < possible * missingWei + PREDEPOSIT_WEI && possible > 0) {
            revert TopUpFirst(_totals.provenKeyCount, unallocatedWei);
        }
    }

    function _reserveSharesPerSeat() private view returns (uint256) {
        uint256 shares = POOL.convertToShares(RESERVE_WEI);
        return Math.mulDiv(shares, RESERVE_MARGIN_PERCENT, 100 * SEATS, Math.Rounding.Ceil);
    }
}
