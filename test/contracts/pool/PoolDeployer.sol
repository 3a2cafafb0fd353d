// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Wiring} from "../../../contracts/interfaces/Wiring.sol";
import {Parameters} from "../../../contracts/governance/Parameters.sol";
import {StakingPool} from "../../../contracts/pool/StakingPool.sol";
import {WithdrawalVault} from "../../../contracts/pool/WithdrawalVault.sol";

/// @dev Pool and vault know each other's address before they exist: a fresh deployer's third creation is the pool.
contract PoolDeployer {
    StakingPool public immutable pool;
    WithdrawalVault public immutable vault;
    Parameters public immutable parameters;

    constructor(Wiring memory w) payable {
        parameters = new Parameters(w);
        w.parameters = address(parameters);
        w.pool = address(uint160(uint256(keccak256(abi.encodePacked(hex"d694", address(this), hex"03")))));
        vault = new WithdrawalVault(w);
        w.vault = address(vault);
        pool = new StakingPool{value: msg.value}(w);
        assert(address(pool) == w.pool);
    }
}
