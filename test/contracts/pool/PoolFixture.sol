// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Wiring} from "../../../contracts/interfaces/Wiring.sol";
import {Parameters} from "../../../contracts/governance/Parameters.sol";
import {StakingPool} from "../../../contracts/pool/StakingPool.sol";
import {WithdrawalVault} from "../../../contracts/pool/WithdrawalVault.sol";
import {Test} from "../support/Test.sol";
import {wiringOf} from "../support/WiringOf.sol";
import {PoolDeployer} from "./PoolDeployer.sol";
import {SimulatedFeeDistributor} from "./SimulatedFeeDistributor.sol";

/// @dev A real pool with real vault and parameters. The test plays report, manager, slashings, guardian and verifiers;
/// registry, treasury and fees have accounts of their own, so that their shares can be told apart.
abstract contract PoolFixture is Test {
    address internal constant GOVERNANCE = address(0x6001);
    address internal constant REGISTRY = address(0x6002);
    address internal constant DEAD = 0x000000000000000000000000000000000000dEaD;
    uint256 internal constant RAY = 1e27;

    StakingPool internal pool;
    WithdrawalVault internal vault;
    Parameters internal parameters;
    SimulatedFeeDistributor internal fees;

    receive() external payable virtual {}

    function deployPool() internal {
        vm.deal(address(this), 1e9 ether);
        fees = new SimulatedFeeDistributor();
        Wiring memory w = wiringOf(address(this), 1 days);
        (w.governance, w.registry, w.fees) = (GOVERNANCE, REGISTRY, address(fees));
        PoolDeployer deployer = new PoolDeployer{value: 1 ether}(w);
        (pool, vault, parameters) = (deployer.pool(), deployer.vault(), deployer.parameters());
    }

    function deposit(address holder, uint256 assets) internal returns (uint256 shares) {
        vm.deal(holder, holder.balance + assets);
        vm.prank(holder);
        return pool.deposit{value: assets}(assets, holder);
    }

    function requestRedeem(address holder, uint256 shares) internal returns (uint256 cycleId) {
        vm.prank(holder);
        return pool.requestRedeem(shares, holder, holder);
    }

    function redeemAll(address holder) internal returns (uint256 assets) {
        uint256 shares = pool.maxRedeem(holder);
        vm.prank(holder);
        return pool.redeem(shares, holder, holder);
    }

    /// @dev A whole report that proves `differenceWei` more or less than is booked.
    function report(int256 differenceWei) internal {
        pool.openReport();
        pool.finishReport(differenceWei);
    }

    /// @dev ETH of validators that left reaches the vault.
    function arrive(uint256 amountWei) internal {
        vm.deal(address(vault), address(vault).balance + amountWei);
    }

    /// @dev Lets the whole stream run out.
    function endStream() internal {
        uint256 end = pool.books().streamEnd;
        if (end > block.timestamp) vm.warp(end);
    }

    function near(uint256 a, uint256 b, uint256 tolerance, string memory what) internal pure {
        check(a <= b + tolerance && b <= a + tolerance, what);
    }
}
